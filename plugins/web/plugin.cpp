#include "televisit/sdk/plugin.hpp"

#include <memory>
#include <string>
#include <utility>

#include "config_schema.hpp"
#include "site_folder.hpp"
#include "site_handler.hpp"
#include "site_location.hpp"

namespace {

std::string hex(const televisit::Sha256& digest) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const auto byte : digest) {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

/// Static files on the public listener, for whatever no other route answers.
class WebPlugin final : public televisit::Plugin {
  public:
    explicit WebPlugin(televisit::Host& host) : host_(host) {}

    televisit::Result<void> start(const televisit::CallContext&) override {
        const auto& config = host_.config();
        auto path = config.string("folder");
        if (path.empty()) {
            const auto installed = televisit::web::installed_site();
            if (!installed)
                return televisit::error(televisit::Errc::invalid,
                                        "no share/televisit/web lies beside or above the plugin: set `folder`");
            path = installed->native();
        }
        auto folder = televisit::web::SiteFolder::open(
            path, {config.bytes("max_file"), config.bytes("cache")},
            [this](std::string_view content) { return hex(host_.secrets().sha256(content)); });
        if (!folder) return std::move(folder).error();
        handler_ = std::make_unique<televisit::web::SiteHandler>(
            std::move(*folder),
            televisit::web::SiteOptions{config.duration("max_age"), config.strings("connect_sources")});
        host_.logger().info("site served", {{"folder", path}});
        return host_.http().add({.name = "site", .pattern = "/{rest*}", .cors = televisit::CorsMode::none}, *handler_);
    }

    void stop(const televisit::CallContext&) override {}

  private:
    televisit::Host& host_;
    std::unique_ptr<televisit::web::SiteHandler> handler_;
};

}  // namespace

TELEVISIT_PLUGIN(WebPlugin, "web", "0.1.0", "provides=\nrequires=\noptional=\n", TELEVISIT_CONFIG_SCHEMA);
