#include <catch2/catch.hpp>

#include "border_fixture.hpp"
#include "loader/store_proxies.hpp"

using namespace televisit;
using namespace televisit::loader;
using namespace televisit::loader::testing;

namespace {

/// Answers, but says nothing.
struct Speechless final : PresenceStore {
    Result<Truth> load(const RoomId&, const CallContext&) override { return Truth{}; }
    Result<PresenceStep> replace(const Truth&, const CallContext&) override { return PresenceStep{true, {}}; }
    Result<std::vector<RoomId>> rooms_of(const NodeId&, const CallContext&) override { return std::vector<RoomId>{}; }
    Result<void> renew_lease(const NodeLease&, const CallContext&) override { return {}; }
    Result<std::vector<NodeLease>> leases(const CallContext&) override { return std::vector<NodeLease>{}; }
    Result<void> drop_lease(const NodeId&, const CallContext&) override { return {}; }
};

}  // namespace

TEST_CASE("a presence store that answers without a truth has failed") {
    BorderFixture f;
    Speechless store;
    PresenceStoreProxy proxy(store, PortCaller({f.pool, f.guard, f.clock, f.frontend, std::chrono::minutes(1)}),
                             f.metrics);
    const CallContext context{patience_from_now(), RequestId("r")};
    CHECK(proxy.load(RoomId("r"), context).error().code == Errc::internal);
    const auto next = std::make_shared<const RoomPresence>(RoomPresence{.room = RoomId("r"), .seq = 1});
    CHECK(proxy.replace(next, context).error().code == Errc::internal);
}
