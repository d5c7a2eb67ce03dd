#pragma once
/// Where in a list the next page begins, as clients carry it from one request to the next.

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "televisit/sdk/consultations.hpp"
#include "televisit/sdk/secrets.hpp"

namespace televisit::rest_api {

/// Cursors of one caller's one query. Each ends in a digest of whose and of what query it is, so that one that was cut
/// off, changed or taken from another list is refused instead of leaving something out. It is no seal: every page is
/// looked up with the rights of who asks, and a cursor that somebody makes up shows nothing more.
/// **Threads**: one. **Owns**: nothing.
class PageCursor {
  public:
    PageCursor(const Secrets& secrets, const Identity& caller, const SessionFilter& filter);

    std::string after(const SessionRecord& last) const;
    /// What `after` was made of; nothing when it does not come from there.
    std::optional<std::pair<Instant, SessionId>> read(std::string_view cursor) const;

  private:
    std::string with_digest(std::string place) const;

    const Secrets& secrets_;
    std::string query_;
};

}  // namespace televisit::rest_api
