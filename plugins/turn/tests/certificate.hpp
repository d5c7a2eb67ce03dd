#pragma once
/// A certificate that a test's server shows, in two PEM files.

#include <chrono>
#include <string>

namespace televisit::turn::testing {

class Certificate {
  public:
    /// Signed with its own key; for that DNS name or address, from an hour before now, or before its end.
    explicit Certificate(const std::string& host, std::chrono::seconds good_for = std::chrono::hours{1});
    ~Certificate();
    Certificate(const Certificate&) = delete;
    Certificate& operator=(const Certificate&) = delete;

    std::string file() const { return folder_ + "/cert.pem"; }
    std::string key_file() const { return folder_ + "/key.pem"; }

  private:
    std::string folder_;
};

}  // namespace televisit::turn::testing
