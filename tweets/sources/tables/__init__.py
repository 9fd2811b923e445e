"""Tables of tweets, as programs really write them."""
