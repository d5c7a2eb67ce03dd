// A shared library, but no plugin: it has no note.
extern "C" [[gnu::visibility("default")]] int televisit_no_note() {
    return 0;
}
