#pragma once
/// Regular expressions that a text must match from end to end.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace Poco {
class RegularExpression;
}

namespace televisit::config {

/// A text under a pattern may be this long: the matcher recurses on the stack.
inline constexpr std::size_t kMaxPatternSubject = 1024;

/// A compiled Perl-compatible pattern. **Threads**: any, once made.
class Pattern {
  public:
    /// Null when `expression` is not a pattern.
    static std::shared_ptr<const Pattern> compile(const std::string& expression);
    ~Pattern();

    /// Whether the whole of `text` matches; false for what is longer than `kMaxPatternSubject` bytes.
    bool matches(std::string_view text) const;
    const std::string& expression() const noexcept { return expression_; }

  private:
    Pattern(std::string expression, std::unique_ptr<Poco::RegularExpression> compiled);

    std::string expression_;
    std::unique_ptr<Poco::RegularExpression> compiled_;
};

}  // namespace televisit::config
