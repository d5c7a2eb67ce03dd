#pragma once
/// Static files on the public listener, for whatever no other route answers.

#include <memory>

#include "site_handler.hpp"
#include "televisit/sdk/plugin.hpp"

namespace televisit::web {

class WebPlugin final : public Plugin {
  public:
    explicit WebPlugin(Host& host) : host_(host) {}
    /// **Errors**: `invalid` when there is no folder to serve.
    Result<void> start(const CallContext& context) override;
    void stop(const CallContext& context) override;

  private:
    Host& host_;
    std::unique_ptr<SiteHandler> handler_;
};

}  // namespace televisit::web
