#pragma once
/// One path under which engine sessions are served.

#include <cstddef>
#include <memory>
#include <string>

#include "engine/settings.hpp"
#include "televisit/sdk/client_limits.hpp"
#include "televisit/sdk/engineio.hpp"
#include "televisit/sdk/event_loops.hpp"
#include "televisit/sdk/secrets.hpp"
#include "televisit/sdk/time.hpp"

namespace televisit::socketio {

/// Lives as long as the engine; does not change once served.
struct Endpoint {
    std::size_t index = 0;
    std::string path;
    EngineSettings settings;
    EngineAcceptor* acceptor = nullptr;
};

/// What the engine needs of the server. **Owns**: references of the host, good until the plugin's `stop()` returns.
struct EngineContext {
    EventLoops& loops;
    const Clock& clock;
    Secrets& secrets;
    /// Of sessions on long-polling. Shared with the loops, which may go later than the engine.
    std::shared_ptr<ClientPlaces> polling_places;
};

}  // namespace televisit::socketio
