#pragma once
/// What every record store must do, whatever it keeps its records in. Source: records.hpp.

#include "televisit/sdk/records.hpp"
#include "televisit/testkit/conformance.hpp"

namespace televisit::testkit {

/// An empty store, and how to call it.
class RecordStoreSubject {
  public:
    virtual ~RecordStoreSubject() = default;
    virtual RecordStore& store() = 0;
    virtual CallContext context() = 0;  ///< with a deadline that leaves time enough

    /// Takes away what the store keeps its records in, as by the end of its database; false when nothing can be.
    virtual bool take_away() { return false; }
    /// Brings it back, with all that was acknowledged. Calls may still fail for a moment.
    virtual void bring_back() {}
};

/// Parts call the store from several threads at once.
std::vector<ConformancePart<RecordStoreSubject>> record_store_parts();

}  // namespace televisit::testkit
