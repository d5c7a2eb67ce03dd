#include "json/grammar.hpp"

namespace televisit::json {

namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

class Matcher {
  public:
    Matcher(std::string_view text, std::size_t max_depth) : text_(text), max_depth_(max_depth) {}

    bool whole() { return space() && value(1) && space() && at_ == text_.size(); }

  private:
    char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

    bool take(char c) {
        if (at_ == text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }

    bool take(std::string_view word) {
        if (text_.substr(at_, word.size()) != word) return false;
        at_ += word.size();
        return true;
    }

    bool space() {
        while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++at_;
        return true;
    }

    bool value(std::size_t depth) {
        switch (peek()) {
            case '{':
                return object(depth);
            case '[':
                return array(depth);
            case '"':
                return string();
            case 't':
                return take("true");
            case 'f':
                return take("false");
            case 'n':
                return take("null");
            default:
                return number();
        }
    }

    bool object(std::size_t depth) {
        ++at_;
        if (space() && take('}')) return true;
        if (depth == max_depth_) return false;
        do {
            if (!(space() && string() && space() && take(':') && space() && value(depth + 1) && space())) return false;
        } while (take(','));
        return take('}');
    }

    bool array(std::size_t depth) {
        ++at_;
        if (space() && take(']')) return true;
        if (depth == max_depth_) return false;
        do {
            if (!(space() && value(depth + 1) && space())) return false;
        } while (take(','));
        return take(']');
    }

    bool string() {
        if (!take('"')) return false;
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '"') return true;
            if (static_cast<unsigned char>(c) < 0x20) return false;
            if (c == '\\' && !escape()) return false;
        }
        return false;
    }

    bool escape() {
        if (at_ == text_.size()) return false;
        const char c = text_[at_++];
        if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
        for (int i = 0; i < 4; ++i)
            if (!is_hex(peek()) || at_++ == text_.size()) return false;
        return true;
    }

    bool digits() {
        if (!is_digit(peek())) return false;
        while (is_digit(peek())) ++at_;
        return true;
    }

    bool number() {
        take('-');
        if (!take('0') && !digits()) return false;
        if (take('.') && !digits()) return false;
        if (take('e') || take('E')) {
            if (!take('+')) take('-');
            return digits();
        }
        return true;
    }

    std::string_view text_;
    std::size_t max_depth_;
    std::size_t at_ = 0;
};

}  // namespace

bool matches_grammar(std::string_view text, std::size_t max_depth) {
    return Matcher(text, max_depth).whole();
}

}  // namespace televisit::json
