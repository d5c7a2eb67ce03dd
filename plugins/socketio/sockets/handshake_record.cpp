#include "sockets/handshake_record.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace televisit::socketio {

namespace {

void put_size(std::string& out, std::size_t size) {
    const auto narrow = static_cast<std::uint32_t>(size);
    out.append(reinterpret_cast<const char*>(&narrow), sizeof narrow);
}

void put(std::string& out, std::string_view text) {
    put_size(out, text.size());
    out += text;
}

class Reader {
  public:
    explicit Reader(std::string_view text) : rest_(text) {}

    std::size_t size() {
        std::uint32_t size = 0;
        std::memcpy(&size, rest_.data(), sizeof size);
        rest_.remove_prefix(sizeof size);
        return size;
    }

    std::string text() {
        const std::size_t length = size();
        std::string out(rest_.substr(0, length));
        rest_.remove_prefix(length);
        return out;
    }

  private:
    std::string_view rest_;
};

}  // namespace

HandshakeRecord::HandshakeRecord(const HttpRequest& request, bool whole) {
    text_ = request.remote_address;
    if (!whole) return;
    text_ += '\0';
    put_size(text_, request.query.size());
    for (const auto& [name, value] : request.query) {
        put(text_, name);
        put(text_, value);
    }
    put_size(text_, request.headers.size());
    for (const auto& header : request.headers) {
        put(text_, header.name);
        put(text_, header.value);
    }
    text_.shrink_to_fit();
}

HandshakeFields HandshakeRecord::read() const {
    HandshakeFields fields;
    const std::size_t address_end = std::min(text_.find('\0'), text_.size());
    fields.remote_address = text_.substr(0, address_end);
    if (address_end == text_.size()) return fields;
    Reader reader(std::string_view(text_).substr(address_end + 1));
    for (std::size_t left = reader.size(); left > 0; --left) {
        std::string name = reader.text();
        fields.query.emplace_back(std::move(name), reader.text());
    }
    for (std::size_t left = reader.size(); left > 0; --left) {
        std::string name = reader.text();
        fields.headers.push_back({std::move(name), reader.text()});
    }
    return fields;
}

}  // namespace televisit::socketio
