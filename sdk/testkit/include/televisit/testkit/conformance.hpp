#pragma once
/// How a conformance suite is made and run: each port's suite is a list of parts, each with a sentence for its name.
///
///     TEST_CASE("my store is a record store") {
///         for (const auto& part : record_store_parts())
///             DYNAMIC_SECTION(part.name) {
///                 MyEmptyStore subject;                       // a RecordStoreSubject, new for every part
///                 CHECK(failures_of(part, subject) == Failures{});
///             }
///     }
///
/// A part does not assert by itself, so that it can be shown to find what is wrong with a store that is.

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace televisit::testkit {

using Failures = std::vector<std::string>;

/// What a part has found wrong. **Threads**: one.
class Findings {
  public:
    /// Notes `what` unless it holds; answers whether it does.
    bool expect(bool holds, std::string what) {
        if (!holds) failures_.push_back(std::move(what));
        return holds;
    }
    const Failures& failures() const noexcept { return failures_; }

  private:
    Failures failures_;
};

template <class Subject>
struct ConformancePart {
    std::string name;
    std::function<void(Subject&, Findings&)> check;
};

template <class Subject>
Failures failures_of(const ConformancePart<Subject>& part, Subject& subject) {
    Findings findings;
    part.check(subject, findings);
    return findings.failures();
}

}  // namespace televisit::testkit
