"""The form of an article: what is asked for at which field, and what other editors have saved meanwhile."""

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError

from news import markup, words
from news.admin.body_editor import BodyForm, body_field
from news.admin.library import PhotoChoice
from news.admin.merging import MergedForm
from news.admin.new_tag import existing, form_for, problems
from news.admin.to_readers import ToReadersForm
from news.models import Article
from news.models.taxonomy import one_line


class ArticleForm(BodyForm, MergedForm, ToReadersForm):
    """Asks for what the rules of an article need, at the fields."""

    body = body_field(markup.BODY_MAX_CHARS)
    alone_because = forms.CharField(
        label="Alasan tanpa pemeriksa kedua",
        required=False,
        max_length=500,
        widget=AdminTextInputWidget,
        help_text="Hanya bila Anda menerbitkan naskah yang Anda tulis atau ubah sendiri. Alasan ini dicatat.",
    )

    # Where no script runs, tags are chosen and made by their names; static/portal/writing.js hides this field.
    tag_names = forms.CharField(
        label="Tag menurut nama",
        required=False,
        max_length=400,
        widget=AdminTextInputWidget,
        help_text="Dipisahkan dengan koma. Tag yang belum ada dibuat.",
    )
    asked_tags = forms.CharField(widget=forms.HiddenInput, required=False)  # names that were said to be others

    class Meta:
        widgets = {
            "photo": PhotoChoice,
            "title": forms.Textarea(attrs={"rows": 2, "placeholder": "Judul"}),
            "summary": forms.Textarea(attrs={"rows": 2, "placeholder": "Ringkasan: satu atau dua kalimat"}),
            "withdrawn_reason": forms.Textarea(attrs={"rows": 2}),
            "review_note": forms.Textarea(attrs={"rows": 3}),
        }
        error_messages = {
            "title": {"required": "Judulnya masih kosong."},
            "category": {"required": "Pilih kategorinya."},
        }

    user = None  # who posts it; the admin sets it

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.was_public = self.instance.was_public  # before the typed values reach the article
        self.allow_correcting(self.instance)

    def clean_body(self):
        body = super().clean_body()
        if not body:
            raise ValidationError("Isi berita masih kosong.")
        return self._as_readers_have_it(body)

    def _as_readers_have_it(self, body: str) -> str:
        """The stored body, if the editor has only written the same in another way: no change to tell readers of."""
        stored = self.instance.stored_body
        if self.was_public and stored and markup.read_alike(stored, body):
            return stored
        return body

    def clean_tag_names(self):
        """The tags that are there, and valid forms of those that are to be made."""
        typed, asked = self.cleaned_data["tag_names"], self.data.get("asked_tags", "")
        names = {words.slug(name): name for name in map(one_line, typed.split(",")) if name}
        found = [existing(name) or self._new_tag(name, sure=typed == asked) for name in names.values()]
        refused = [error for tag in found if isinstance(tag, forms.BaseForm) for error in problems(tag)]
        if refused:
            self.data = self.data.copy()
            self.data["asked_tags"] = typed
            raise ValidationError(refused)
        return found

    def _new_tag(self, name, *, sure):
        if not self.user.has_perm("news.add_tag"):
            raise ValidationError(f"Tidak ada tag “{name}”.")
        return form_for(name, sure=sure)

    def _post_clean(self):
        super()._post_clean()
        if self.was_public:
            self.ask(text_changes=self.instance.rewrites())

    def clean(self):
        cleaned = super().clean()
        pinned, excluded = (
            {each.pk for each in cleaned.get(name) or ()} for name in ("related_pinned", "related_excluded")
        )
        if self.instance.pk in pinned:
            self.add_error("related_pinned", "Berita ini sendiri tidak dapat menjadi artikel terkaitnya.")
        if pinned & excluded:
            self.add_error("related_excluded", "Ada berita yang sekaligus dipilih dan dikecualikan. Pilih salah satu.")
        if self.instance.pk:
            self.merge_with_others(cleaned)
            self._validate_constraints_of_status(cleaned)
        self._refuse_move_out_of_time()
        self._ask_for_reasons(cleaned)
        return cleaned

    def _ask_for_reasons(self, cleaned):
        """What the verbs of the model would refuse, at the fields."""
        article, move = self.instance, self.data.get("_move")
        if move == "return_to_draft" and "review_note" in cleaned and not cleaned["review_note"].strip():
            self.add_error("review_note", "Tuliskan apa yang perlu diubah: penulis membaca catatan ini.")
        changes_text = bool({name.removesuffix("_id") for name in Article.TEXT} & {*self.changed_data})
        releases = move == "publish" or (article.is_scheduled and not move and changes_text)
        may = self.user.has_perm("news.publish_article")  # or else the admin refuses the move
        if releases and may and "alone_because" in cleaned and not cleaned["alone_because"].strip():
            new = not article.pk or changes_text
            if settings.REVIEW_BY_SECOND_PERSON and (new or article.is_written_by(self.user)):
                self.add_error("alone_because", Article.ALONE)

    def _refuse_move_out_of_time(self):
        """Its button may have been right when the form was opened: a scheduled article has become public since."""
        name, article = self.data.get("_move"), self.instance
        if (move := Article.MOVES.get(name)) and article.status in move.starts and not article.can(name):
            state = "sudah" if article.was_public else "belum"
            raise ValidationError(
                f"Belum disimpan: “{move.label}” tidak dapat dilakukan, karena berita ini {state} tampil di situs. "
                "Yang Anda tulis masih ada di bawah."
            )

    def _validate_constraints_of_status(self, cleaned):
        """Django skips constraints on `status`, since it is not a form field; this checks them."""
        move = Article.MOVES.get(self.data.get("_move"))
        was_released = self.instance.status in Article.ONCE_PUBLISHED
        typed = {name: cleaned[name] for name in ("published_at", "withdrawn_reason") if name in cleaned}
        after = Article(status=move.target if move and was_released else self.instance.status, **typed)
        if self.instance.is_scheduled and not move and typed.get("published_at", "") is None:
            after.status = Article.Status.DRAFT  # save_model() cancels the schedule
        if self.instance.status == Article.Status.WITHDRAWN and self.instance.was_public and not move:
            self._keep_time_before_withdrawal(typed.get("published_at"))
        for constraint in Article._meta.constraints:
            if constraint.violation_error_code in typed:
                try:
                    constraint.validate(Article, after)
                except ValidationError as error:
                    self.add_error(constraint.violation_error_code, error)

    def _keep_time_before_withdrawal(self, published_at):
        withdrawn_at = self.instance.withdrawn_at
        if published_at and withdrawn_at and published_at > withdrawn_at:
            self.add_error("published_at", "Waktu terbit tidak dapat sesudah berita ini dicabut.")
