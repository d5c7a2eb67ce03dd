#include "key_document.hpp"

#include <fstream>
#include <utility>

namespace televisit::auth_jwt {

Result<KeyDocument> FileDocuments::fetch(std::chrono::milliseconds) {
    auto text = read_file(file_, max_size_);
    if (!text) return std::move(text).error();
    return KeyDocument{*std::move(text)};
}

Result<std::string> read_file(const std::string& file, std::size_t max_size) {
    std::ifstream stream(file, std::ios::binary);
    std::string text(max_size + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad() || !stream.eof() || stream.gcount() == 0)
        return error(Errc::unavailable, "cannot be read, is empty, or is no key file");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

}  // namespace televisit::auth_jwt
