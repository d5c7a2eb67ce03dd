// Has the note of a plugin, but not the symbol.
#include "televisit/sdk/abi.hpp"

namespace {
constexpr auto kNote = televisit::abi::make_note(
    "abi=" TELEVISIT_ABI_TAG
    "\nname=no-descriptor\nversion=1.0.0\nprovides=\nrequires=\noptional=\nschema=\ntype: map\nproperties: {}\n");
[[gnu::section(".note.televisit"), gnu::used, gnu::aligned(4)]] constexpr auto kNoteInFile = kNote;
}  // namespace
