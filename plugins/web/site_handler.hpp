#pragma once
/// Answers GET requests with the files of a folder, revalidation and the headers that keep a page to itself.
///
/// **Source**: RFC 9110 sections 8.8.3 and 13.1.2; W3C Content Security Policy 3; RFC 9457.

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "site_folder.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::web {

struct SiteOptions {
    std::chrono::milliseconds max_age{0};      ///< for everything but pages; 0: ask again each time
    std::vector<std::string> connect_sources;  ///< further origins that pages may connect to
};

/// **Threads**: any. **Blocks**: on the disk.
class SiteHandler final : public HttpHandler {
  public:
    SiteHandler(std::unique_ptr<SiteFolder> folder, SiteOptions options);
    HttpResponse handle(const HttpRequest& request, const CallContext& context) override;

  private:
    std::string content_security_policy(std::string_view origin) const;
    std::string cache_control(std::string_view media_type) const;

    const std::unique_ptr<SiteFolder> folder_;
    const SiteOptions options_;
};

/// Whether an `If-None-Match` value names the entity tag (quoted), by weak comparison.
bool names_tag(std::string_view if_none_match, std::string_view tag) noexcept;

}  // namespace televisit::web
