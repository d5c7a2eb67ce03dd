#include "televisit/testkit/fake_host.hpp"

#include <stdexcept>

namespace televisit::testkit {

Consultations& FakeHost::consultations() {
    if (!domain) throw std::logic_error("the test gives no consultations");
    return *domain;
}

}  // namespace televisit::testkit
