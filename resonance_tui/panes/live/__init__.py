"""Follow mode and news: what happens while the experiment runs."""
