#include "json/validator.hpp"

#include <simdjson.h>

#include <algorithm>

#include "json/grammar.hpp"

namespace televisit::json {

namespace {

/// A parser keeps some 15 times the largest text it has seen; larger ones get one of their own.
constexpr std::size_t kKeptCapacity = 64 * 1024;

/// simdjson counts no further.
constexpr std::size_t kMaxCounted = 0xFFFFFE;

/// Errors that simdjson reports for texts which JSON allows: integers of more than 64 bits, numbers beyond a double,
/// and lone surrogates as escapes. Browsers send and accept them.
bool deserves_second_look(simdjson::error_code error) {
    return error == simdjson::NUMBER_ERROR || error == simdjson::STRING_ERROR;
}

}  // namespace

struct Validator::Parser {
    simdjson::dom::parser dom;
};

Validator::Validator(std::size_t max_depth) : parser_(std::make_unique<Parser>()), max_depth_(max_depth) {}

Validator::~Validator() = default;

bool Validator::valid(std::string_view text) {
    static_assert(simdjson::SIMDJSON_PADDING <= 64);
    elements_ = 0;
    if (text.empty()) return false;
    const auto parse = [&](simdjson::dom::parser& parser) {
        if (parser.capacity() < text.size() || parser.max_depth() != max_depth_)
            if (parser.allocate(std::max<std::size_t>(text.size(), 4096), max_depth_) != simdjson::SUCCESS)
                return simdjson::MEMALLOC;
        const auto document = parser.parse(text.data(), text.size(), false);
        simdjson::dom::array array;
        if (document.get_array().get(array) == simdjson::SUCCESS && array.size() <= kMaxCounted)
            elements_ = array.size();
        return document.error();
    };
    simdjson::error_code error = simdjson::SUCCESS;
    if (text.size() <= kKeptCapacity) {
        error = parse(parser_->dom);
    } else {
        simdjson::dom::parser once;
        error = parse(once);
    }
    if (error == simdjson::SUCCESS) return true;
    return deserves_second_look(error) && simdjson::validate_utf8(text.data(), text.size()) &&
           matches_grammar(text, max_depth_);
}

bool valid_utf8(std::string_view text) noexcept {
    return simdjson::validate_utf8(text.data(), text.size());
}

}  // namespace televisit::json
