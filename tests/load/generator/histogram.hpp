#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace televisit::load {

/// Counts of nanoseconds in logarithmic steps, 128 to a power of two: within 0.8 % of the truth.
class Histogram {
  public:
    void add(std::int64_t ns) noexcept {
        const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(ns, 0));
        counts_[index(value)]++;
        total_++;
        max_ = std::max(max_, value);
    }

    double max_us() const noexcept { return static_cast<double>(max_) / 1e3; }

    /// 0 while nothing was added.
    double percentile_us(double percent) const noexcept {
        const double rank = static_cast<double>(total_) * percent / 100 + 0.5;
        const auto wanted = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(rank));
        std::uint64_t seen = 0;
        for (std::size_t i = 0; i < counts_.size(); ++i) {
            seen += counts_[i];
            if (seen >= wanted) return static_cast<double>(std::min(upper(i), max_)) / 1e3;
        }
        return max_us();
    }

  private:
    static constexpr unsigned kBits = 7;

    static std::size_t index(std::uint64_t value) noexcept {
        if (value < (1u << kBits)) return value;
        const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - kBits;
        return (std::size_t{shift} << kBits) + (value >> shift);
    }
    static std::uint64_t upper(std::size_t index) noexcept {
        if (index < (2u << kBits)) return index;
        const auto shift = (index >> kBits) - 1;
        const std::uint64_t mantissa = (index & ((1u << kBits) - 1)) | (1u << kBits);
        return ((mantissa + 1) << shift) - 1;
    }

    std::array<std::uint64_t, (64 - kBits + 1) << kBits> counts_{};
    std::uint64_t total_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace televisit::load
