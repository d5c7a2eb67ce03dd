#pragma once
/// A logger that remembers.

#include <mutex>
#include <string>
#include <vector>

#include "televisit/sdk/logger.hpp"

namespace televisit::runtime::testing {

class CollectingLogger final : public Logger {
  public:
    bool enabled(LogLevel) const noexcept override { return true; }
    void write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) noexcept override {
        const std::lock_guard lock(mutex_);
        std::string line(event);
        for (const LogField& field : fields)
            if (const auto* text = std::get_if<std::string_view>(&field.value))
                line += " " + std::string(field.name) + "=" + std::string(*text);
        lines_.push_back(std::move(line));
    }
    std::vector<std::string> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

  private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;  // guarded by mutex_
};

}  // namespace televisit::runtime::testing
