"""How much one request to X may ask for."""

MAX_LOOK_UP = 100
MIN_PAGE = 5
MAX_PAGE = 100
