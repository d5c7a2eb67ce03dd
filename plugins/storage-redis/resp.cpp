#include "resp.hpp"

#include <charconv>

namespace televisit::storage_redis {
namespace {

using Outcome = RespRead::Outcome;

constexpr std::string_view kEnd = "\r\n";
constexpr int kMostDepth = 8;
constexpr std::int64_t kLargest = 512 * 1024 * 1024;  // what Redis itself takes

void append_size(std::string& out, char mark, std::size_t size) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, size).ptr;
    out.push_back(mark);
    out.append(digits, end);
    out.append(kEnd);
}

/// Takes values from the front. Each function answers whether it could; `outcome` says why not.
class Reader {
  public:
    explicit Reader(std::string_view bytes) : rest_(bytes) {}

    Outcome outcome = Outcome::value;
    std::size_t left() const noexcept { return rest_.size(); }

    bool value(RespValue& out, int depth) {
        char mark = 0;
        std::string_view line;
        if (!this->line(mark, line)) return false;
        switch (mark) {
            case '+':
            case ',':  // a double
            case '(':  // a big number
                out.kind = RespValue::Kind::text;
                out.text = line;
                return true;
            case '-':
                out.kind = RespValue::Kind::error;
                out.text = line.substr(0, line.find(' '));
                return true;
            case ':':
                out.kind = RespValue::Kind::integer;
                return number(line, out.integer);
            case '_':
                return true;
            case '#':
                out.kind = RespValue::Kind::integer;
                out.integer = line == "t";
                return true;
            case '$':
            case '=':  // a text with its format
                return text(line, RespValue::Kind::text, out);
            case '!':
                if (!text(line, RespValue::Kind::error, out)) return false;
                out.text = out.text.substr(0, out.text.find(' '));
                return true;
            case '*':
            case '~':  // a set
                return items(line, 1, RespValue::Kind::list, out, depth);
            case '%':
                return items(line, 2, RespValue::Kind::list, out, depth);
            case '>':
                return items(line, 1, RespValue::Kind::push, out, depth);
            default:
                return fail();
        }
    }

  private:
    bool fail() {
        outcome = Outcome::malformed;
        return false;
    }
    bool more() {
        outcome = Outcome::incomplete;
        return false;
    }
    bool line(char& mark, std::string_view& out) {
        const auto end = rest_.find(kEnd);
        if (end == std::string_view::npos) return rest_.size() > kLongestLine ? fail() : more();
        if (end == 0) return fail();
        mark = rest_.front();
        out = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + kEnd.size());
        return true;
    }
    bool number(std::string_view digits, std::int64_t& out) {
        const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
        return (fault == std::errc{} && end == digits.data() + digits.size()) || fail();
    }
    bool text(std::string_view line, RespValue::Kind kind, RespValue& out) {
        std::int64_t size = 0;
        if (!number(line, size)) return false;
        if (size == -1) return true;
        if (size < 0 || size > kLargest) return fail();
        const auto length = static_cast<std::size_t>(size);
        if (rest_.size() < length + kEnd.size()) return more();
        if (rest_.substr(length, kEnd.size()) != kEnd) return fail();
        out.kind = kind;
        out.text = rest_.substr(0, length);
        rest_.remove_prefix(length + kEnd.size());
        return true;
    }
    bool items(std::string_view line, std::int64_t each, RespValue::Kind kind, RespValue& out, int depth) {
        std::int64_t count = 0;
        if (!number(line, count)) return false;
        if (count == -1) return true;
        if (count < 0 || count > kLargest || depth >= kMostDepth) return fail();
        out.kind = kind;
        for (auto left = count * each; left > 0; --left)
            if (!value(out.items.emplace_back(), depth + 1)) return false;
        return true;
    }

    static constexpr std::size_t kLongestLine = 64 * 1024;
    std::string_view rest_;
};

}  // namespace

void append_command(std::string& out, std::span<const std::string_view> parts) {
    std::size_t size = 16;
    for (const auto part : parts) size += part.size() + 16;
    if (out.empty()) out.reserve(size);  // else it grows by itself, by ever larger steps
    append_size(out, '*', parts.size());
    for (const auto part : parts) {
        append_size(out, '$', part.size());
        out.append(part);
        out.append(kEnd);
    }
}

void append_command(std::string& out, std::initializer_list<std::string_view> parts) {
    append_command(out, std::span(parts.begin(), parts.size()));
}

RespRead read_resp(std::string_view bytes) {
    RespRead read;
    Reader reader(bytes);
    reader.value(read.value, 0);
    read.outcome = reader.outcome;
    read.size = bytes.size() - reader.left();
    return read;
}

}  // namespace televisit::storage_redis
