#pragma once
/// The request a client came in with, kept small until its namespaces are connected.

#include <string>
#include <utility>
#include <vector>

#include "televisit/sdk/http.hpp"

namespace televisit::socketio {

struct HandshakeFields {
    std::vector<std::pair<std::string, std::string>> query;
    std::vector<HttpHeader> headers;
    std::string remote_address;
};

/// One block of memory instead of some thirty.
class HandshakeRecord {
  public:
    explicit HandshakeRecord(const HttpRequest& request);
    HandshakeFields read() const;

  private:
    std::string text_;
};

}  // namespace televisit::socketio
