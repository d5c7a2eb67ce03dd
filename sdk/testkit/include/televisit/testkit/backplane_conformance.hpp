#pragma once
/// What every backplane must do. Source: backplane.hpp.

#include <chrono>
#include <cstddef>

#include "televisit/sdk/backplane.hpp"
#include "televisit/testkit/conformance.hpp"

namespace televisit::testkit {

/// One or several nodes that are connected with each other and have no listeners yet.
class BackplaneSubject {
  public:
    virtual ~BackplaneSubject() = default;
    virtual std::size_t nodes() = 0;
    virtual Backplane& node(std::size_t index) = 0;
    virtual CallContext context() = 0;
    /// Lets messages move on, where they do not by themselves.
    virtual void deliver() {}
    /// How long what must arrive may take.
    virtual std::chrono::milliseconds patience() { return std::chrono::seconds{10}; }

    /// Breaks the link of that node; false when it cannot be broken.
    virtual bool break_link(std::size_t) { return false; }
    virtual void mend_link(std::size_t) {}
};

/// Parts wait for messages, as long as `patience` says at most. With a single node, what concerns several is left out.
std::vector<ConformancePart<BackplaneSubject>> backplane_parts();

}  // namespace televisit::testkit
