#pragma once
/// The record store's suite in pieces: what they are about.

#include <vector>

#include "televisit/testkit/record_store_conformance.hpp"

namespace televisit::testkit {

/// Keys and values that stores like to spoil.
std::vector<ConformancePart<RecordStoreSubject>> record_value_parts();
/// Many callers at once.
std::vector<ConformancePart<RecordStoreSubject>> record_race_parts();
/// Callers without time, and a store that is away.
std::vector<ConformancePart<RecordStoreSubject>> record_trouble_parts();

}  // namespace televisit::testkit
