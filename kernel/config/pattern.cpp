#include "config/pattern.hpp"

#include <Poco/Exception.h>
#include <Poco/RegularExpression.h>

#include <utility>

namespace televisit::config {

std::shared_ptr<const Pattern> Pattern::compile(const std::string& expression) {
    try {
        // Compiled alone first: "a)|(b" is no pattern, though it becomes one between the brackets below.
        const Poco::RegularExpression alone(expression, Poco::RegularExpression::RE_UTF8);
        auto whole =
            std::make_unique<Poco::RegularExpression>("\\A(?:" + expression + ")\\z", Poco::RegularExpression::RE_UTF8);
        return std::shared_ptr<const Pattern>(new Pattern(expression, std::move(whole)));
    } catch (const Poco::Exception&) {
        return nullptr;
    }
}

Pattern::Pattern(std::string expression, std::unique_ptr<Poco::RegularExpression> compiled)
    : expression_(std::move(expression)), compiled_(std::move(compiled)) {}

Pattern::~Pattern() = default;

bool Pattern::matches(std::string_view text) const {
    if (text.size() > kMaxPatternSubject) return false;
    try {
        Poco::RegularExpression::Match match;
        return compiled_->match(std::string(text), 0, match) > 0;
    } catch (const Poco::Exception&) {
        return false;  // the matcher gave up: no text that a pattern's author had in mind
    }
}

}  // namespace televisit::config
