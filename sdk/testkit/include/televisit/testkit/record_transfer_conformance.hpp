#pragma once
/// What every transfer of records must do. Source: record_transfer.hpp.

#include "televisit/sdk/record_transfer.hpp"
#include "televisit/testkit/conformance.hpp"

namespace televisit::testkit {

/// Two empty stores of one kind, each with a server's view of it, and the transfer of its records.
class RecordTransferSubject {
  public:
    virtual ~RecordTransferSubject() = default;
    virtual RecordStore& store() = 0;
    virtual RecordTransfer& transfer() = 0;  ///< of the same records; not opened yet
    virtual RecordStore& other_store() = 0;
    virtual RecordTransfer& other_transfer() = 0;
    virtual bool other_opens() = 0;  ///< whether a server can open the other store now
    virtual CallContext context() = 0;
};

std::vector<ConformancePart<RecordTransferSubject>> record_transfer_parts();

}  // namespace televisit::testkit
