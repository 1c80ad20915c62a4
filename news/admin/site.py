"""What stands beside the news: pages of the office, notices, addresses and searches that lead nowhere."""
