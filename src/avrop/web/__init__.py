"""Pages: drawn by the server, usable without JavaScript, in bokmål, nynorsk and English."""
