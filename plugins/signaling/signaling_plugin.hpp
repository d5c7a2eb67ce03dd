#pragma once
/// The plugin: the consultation's events on Socket.IO.

#include <memory>
#include <vector>

#include "arrivals.hpp"
#include "delivery.hpp"
#include "entrance.hpp"
#include "farewell.hpp"
#include "relays.hpp"
#include "stage.hpp"
#include "televisit/sdk/plugin.hpp"

namespace televisit::signaling {

class SignalingPlugin final : public Plugin {
  public:
    explicit SignalingPlugin(Host& host);
    ~SignalingPlugin() override;

    Result<void> start(const CallContext& context) override;
    void announce_drain(const DrainNotice& notice, const CallContext& context) override;
    void drain(const CallContext& context) override;
    void stop(const CallContext& context) override;

  private:
    void make_handlers();
    Result<void> register_handlers();
    void on_all_loops(const std::function<void(LoopConnections&)>& work, SteadyTime deadline);

    Host& host_;
    const Settings settings_;
    std::shared_ptr<Stage> stage_;  // shared with what is on a worker when the plugin ends
    std::unique_ptr<Farewell> farewell_;
    std::unique_ptr<Arrivals> arrivals_;
    std::unique_ptr<Delivery> delivery_;
    std::unique_ptr<JoinRoom> join_room_;
    std::unique_ptr<LeaveRoom> leave_room_;
    std::vector<std::unique_ptr<SeatedHandler>> handlers_;
};

}  // namespace televisit::signaling
