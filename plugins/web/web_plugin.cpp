#include "web_plugin.hpp"

#include <string>
#include <utility>

#include "site_folder.hpp"
#include "site_location.hpp"

namespace televisit::web {
namespace {

std::string hex(const Sha256& digest) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text;
    for (const auto byte : digest) {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

Result<std::string> folder_of(const ConfigView& config) {
    if (auto configured = config.string("folder"); !configured.empty()) return configured;
    if (const auto installed = installed_site()) return installed->native();
    return error(Errc::invalid, "no share/televisit/web lies beside or above the plugin: set `folder`");
}

}  // namespace

Result<void> WebPlugin::start(const CallContext&) {
    const auto& config = host_.config();
    const auto path = folder_of(config);
    if (!path) return path.error();
    auto folder = SiteFolder::open(*path, {config.bytes("max_file"), config.bytes("cache")},
                                   [this](std::string_view content) { return hex(host_.secrets().sha256(content)); });
    if (!folder) return std::move(folder).error();
    handler_ = std::make_unique<SiteHandler>(
        std::move(*folder), SiteOptions{config.duration("max_age"), config.strings("connect_sources")});
    host_.logger().info("site served", {{"folder", std::string_view(*path)}});
    HttpRoute route;
    route.name = "site";
    route.pattern = "/{rest*}";
    route.cors = CorsMode::none;
    return host_.http().add(std::move(route), *handler_);
}

void WebPlugin::stop(const CallContext&) {
    handler_.reset();
}

}  // namespace televisit::web
