#pragma once
/// Content types by the ending of a file's name.

#include <string_view>

namespace televisit::web {

/// "application/octet-stream" for an ending that is not known: browsers then save the file and never run it.
std::string_view media_type_of(std::string_view file_name) noexcept;

}  // namespace televisit::web
