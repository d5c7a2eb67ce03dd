#pragma once
/// Engine.IO on the host's HTTP routes and channels: brings each request to the loop of its session.

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/endpoint.hpp"
#include "engine/engine_loop.hpp"
#include "engine/handshake.hpp"
#include "televisit/sdk/engineio.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::socketio {

/// **Threads**: `serve` before requests arrive; the rest on loops.
class Engine final : public EngineIoServer {
  public:
    Engine(const EngineContext& context, HttpRouter& router, ChannelHub& channels, EngineSettings defaults);
    ~Engine() override;

    Result<void> serve(EngineEndpoint endpoint, EngineAcceptor& acceptor) override;

    EngineLoop& loop(LoopId id) noexcept { return *loops_[id]; }
    std::size_t loops() const noexcept { return loops_.size(); }
    /// Ends every session, each on its loop; waits for the loops, at most to `deadline`.
    void shut(CloseCause cause, SteadyTime deadline);
    /// What the loops count; may be asked after the engine's end.
    std::vector<std::shared_ptr<const EngineFigures>> figures() const;

  private:
    class Door;

    Result<void> open_door(Door& door, const std::string& pattern);

    const EngineContext context_;
    HttpRouter& router_;
    ChannelHub& channels_;
    const EngineSettings defaults_;
    std::vector<std::shared_ptr<EngineLoop>> loops_;
    std::vector<std::unique_ptr<Door>> doors_;
};

}  // namespace televisit::socketio
