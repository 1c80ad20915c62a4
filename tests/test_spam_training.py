"""The command that trains the spam score: reproducible, and evaluated on data that it was not trained on."""

import gzip
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from comments.spam import logistic, training
from comments.spam.features import features
from comments.spam.folding import fold

pytestmark = pytest.mark.slow

SPAM = [f"main di 𝐉𝐀𝐖𝐀{number} gacor, depo {number} ribu langsung cair" for number in range(30, 90)]
ORDINARY = [f"jalan di depan sekolah {number} rusak, tolong diperbaiki pak wali" for number in range(30, 90)]
TALK = [f"judi itu haram, uang {number} juta habis" for number in range(30, 90)]


@pytest.fixture
def data(tmp_path):
    """A folder of labelled comments in the format that the command reads."""

    def write(name, rows):
        (tmp_path / name).mkdir()
        with gzip.open(tmp_path / name / "data.jsonl.gz", "wt") as lines:
            lines.writelines(json.dumps(row) + "\n" for row in rows)

    labelled = [{"text": text, "label": "judol"} for text in SPAM] + [{"text": t, "label": "clean"} for t in ORDINARY]
    write("spam_judol_youtube", labelled)
    write("spam_judol_tiktok", labelled[::-1])
    write("comments_unlabelled_youtube", [{"text": text, "part": "gambling_talk"} for text in TALK])
    write("toxic_twitter", [{"text": "dasar pejabat bodoh", "label": "abusive"}])
    write("news_indosum", [{"body": "Wali kota membuka pasar. Warga senang. Harga turun."}])
    return tmp_path


def test_training_twice_gives_the_same_file(data, tmp_path):
    examples = training.Data.read(data).trained_on
    for name in ("one", "two"):
        training.train(examples).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_the_file_restores_the_saved_model(data, tmp_path):
    model = training.train(training.Data.read(data).trained_on)
    model.save(tmp_path / "spam.bin")
    loaded = logistic.Model.load(tmp_path / "spam.bin")
    for text in (SPAM[0], ORDINARY[0], TALK[0]):
        buckets = features(fold(text))
        assert loaded.logit(buckets) == pytest.approx(model.logit(buckets), abs=1e-4)
        assert (loaded.logit(buckets) > 0) == (text in SPAM)
    assert loaded.frequency(min(features(fold(TALK[0])))) == pytest.approx(
        model.frequency(min(features(fold(TALK[0]))))
    )


def test_command_reports_and_writes(data, tmp_path, monkeypatch):
    monkeypatch.setattr(logistic, "SHIPPED", tmp_path / "spam.bin")
    out = StringIO()
    call_command("latih_spam", data, lapor_saja=True, stdout=out)
    assert not logistic.SHIPPED.exists()
    assert "AP TikTok, dilatih dari YouTube saja" in out.getvalue()
    call_command("latih_spam", data, stdout=out)
    assert "Bobot ditulis" in out.getvalue()
    assert logistic.Model.load(logistic.SHIPPED).bias < 0


def test_a_folder_without_the_data_is_refused_by_name(tmp_path):
    with pytest.raises(CommandError, match=r"Data tidak dapat dibaca: .*: tidak ada\.$"):
        call_command("latih_spam", tmp_path)


def test_average_precision_is_one_when_all_spam_comes_first_and_less_otherwise():
    assert training.average_precision([3, 2, 1], [True, True, False]) == 1
    assert training.average_precision([3, 2, 1], [False, True, False]) == 1 / 2
    assert training.average_precision([1], [False]) == 0


def test_near_duplicates_are_held_out_together(data):
    read = training.Data.read(data)
    of_spam = {example.fold for example in read.youtube + read.tiktok if example.is_spam}
    assert len(of_spam) == 1


def test_copies_of_copies_are_held_out_together_and_others_spread_evenly():
    adverts = (
        "pinjaman dana cair cepat tanpa jaminan bunga ringan langsung masuk rekening anda hari ini juga",
        "kredit uang lekas turun bebas agunan cicilan murah segera sampai dompet kalian malam itu pula",
    )
    one, other = map(str.split, adverts)
    chain = [" ".join(other[:number] + one[number:]) for number in range(len(one) + 1)]
    apart = [" ".join(f"{chr(97 + i)}{chr(97 + j)}{chr(97 + i)}" for j in range(20)) for i in range(26)]
    folds = list(training.folds_of([*chain, *apart, "", "77"]))
    assert set(folds[: len(chain)]) == {folds[0]}
    assert max(folds.count(fold) for fold in range(3)) == len(chain)


def test_the_report_covers_each_site_separately(data):
    report = dict(training.report(training.Data.read(data)))
    for site in ("YouTube", "TikTok"):
        assert {f"AP {site}, bagian yang disisihkan", f"komentar biasa {site} ditandai"} < set(report)
