#pragma once
/// The Engine.IO server as one consumer sees it.

#include <deque>
#include <memory>
#include <mutex>

#include "loader/http_proxy.hpp"
#include "televisit/sdk/engineio.hpp"

namespace televisit::loader {

/// **Threads**: `serve` from the plugin's `start()`.
class EngineIoProxy final : public EngineIoServer {
  public:
    EngineIoProxy(EngineIoServer& engine, runtime::Guard& engine_guard, PluginBorder& consumer)
        : engine_(engine), guard_(engine_guard), consumer_(consumer) {}
    Result<void> serve(EngineEndpoint endpoint, EngineAcceptor& acceptor) override;

  private:
    EngineIoServer& engine_;
    runtime::Guard& guard_;
    PluginBorder& consumer_;
    std::mutex mutex_;
    std::deque<std::unique_ptr<EngineAcceptor>> acceptors_;  // guarded by mutex_
};

}  // namespace televisit::loader
