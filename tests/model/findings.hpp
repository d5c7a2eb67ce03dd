#pragma once
/// Where deviations from the contract are noted.

#include <string>
#include <utility>
#include <vector>

namespace televisit::model {

class Findings {
  public:
    void add(std::string what) {
        if (found_.size() < kMost) found_.push_back(std::move(what));
    }
    void expect(bool holds, const std::string& what) {
        if (!holds) add(what);
    }
    bool empty() const noexcept { return found_.empty(); }
    const std::vector<std::string>& all() const noexcept { return found_; }

  private:
    static constexpr std::size_t kMost = 20;
    std::vector<std::string> found_;
};

}  // namespace televisit::model
