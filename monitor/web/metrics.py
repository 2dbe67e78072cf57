CONTENT_TYPE="text/plain; version=0.0.4"
def exposition(store, now, ready): return ""
