#pragma once
/// What every presence store must do. Source: presence.hpp.

#include "televisit/sdk/presence.hpp"
#include "televisit/testkit/conformance.hpp"

namespace televisit::testkit {

/// An empty store, and how to call it.
class PresenceStoreSubject {
  public:
    virtual ~PresenceStoreSubject() = default;
    virtual PresenceStore& store() = 0;
    virtual CallContext context() = 0;
    virtual Instant now() = 0;  ///< by the clock that the store goes by

    /// Lets that much time pass on that clock; false where it goes on by itself.
    virtual bool pass(Duration) { return false; }
    /// Takes the store away, as by the end of its server; false when that cannot be.
    virtual bool take_away() { return false; }
    /// Brings it back. Calls may still fail for a moment, and rooms may be forgotten.
    virtual void bring_back() {}
};

/// Parts call the store from several threads at once.
std::vector<ConformancePart<PresenceStoreSubject>> presence_store_parts();

}  // namespace televisit::testkit
