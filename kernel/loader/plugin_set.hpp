#pragma once
/// All plugins of a server, from loading to destruction.

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "loader/plugin_instance.hpp"
#include "loader/plugin_plan.hpp"

namespace televisit::loader {

/// The kernel's domain, started among the plugins: after the providers of its roles, before everybody else.
struct DomainSteps {
    /// Given the ports that the plugins provide. **Errors**: end the start.
    std::function<Result<void>(const ProviderTable&, const CallContext&)> start;
    std::function<void(const CallContext&)> stop;
};

struct Deadlines {
    std::chrono::milliseconds start{30'000};  ///< for each plugin
    std::chrono::milliseconds drain{10'000};  ///< for all together; one plugin has half of what is left
    std::chrono::milliseconds stop{10'000};   ///< for each plugin
};

/// Why a step of the lifecycle did not come to its end.
struct LifecycleFault {
    bool hung = false;  ///< it is still running: the process cannot go on, nor end in order
    std::string plugin;
    std::string text;  ///< whole sentence, e.g. "plugin 'x' (slow-one) has not started within 30 s"
};

/// **Threads**: one. **Blocks**: each step to its deadline. After a fault with `hung` nothing here may be destroyed.
class PluginSet {
  public:
    PluginSet(PluginPlan plan, KernelServices kernel, ConsultationsSlot& consultations, Deadlines deadlines);
    ~PluginSet();

    /// Loads every library and makes every plugin. The faults of all, or none.
    std::vector<LifecycleFault> create();
    const ProviderTable& providers() const noexcept { return providers_; }

    /// Starts in order. On a fault that is no hang, what had started is stopped again, in reverse; if that hangs, the
    /// answer is that fault.
    Result<void> start(DomainSteps domain);
    /// In reverse, as `stop`: who uses another plugin has its say before that one closes.
    void announce_drain(const DrainNotice& notice);
    void drain();
    /// In reverse of the order in which they actually started.
    Result<void> stop();
    /// What `start` or `stop` failed at.
    const LifecycleFault& fault() const noexcept { return fault_; }

    /// Whether all workers have ended; if not, leave the process without destroying anything.
    bool end_workers(std::chrono::milliseconds patience);

    const std::vector<std::unique_ptr<PluginInstance>>& instances() const noexcept { return instances_; }

  private:
    struct Step {
        std::string id;
        std::string kind;
        std::function<Result<void>(const CallContext&)> start;
        std::function<void(const CallContext&)> stop;
    };
    void list_steps(DomainSteps domain);
    void each_in_reverse(const char* late, const std::function<void(PluginInstance&, const CallContext&)>& act);
    bool start_step(const Step& step);
    bool stop_step(const Step& step);
    Error describe() const;

    PluginPlan plan_;
    KernelServices kernel_;
    ConsultationsSlot& consultations_;
    const Deadlines deadlines_;
    ProviderTable providers_;
    std::vector<std::unique_ptr<PluginInstance>> instances_;
    std::vector<Step> steps_;           // in the order of starting; never shrinks: what hangs refers to it
    std::vector<std::size_t> started_;  // indices of steps
    LifecycleFault fault_;
};

}  // namespace televisit::loader
