using System.Globalization;
using Appliance.Core.Errors;

namespace Appliance.Scheduling.Admission;

/// <summary>Why CPU and memory cannot be had, now or ever, in the words that users see.</summary>
internal static class AdmissionWords
{
    /// <summary>Null when the request may wait for its turn.</summary>
    public static ApplianceException? Judge(ResourceRequest request, MachineCapacity machine)
    {
        if (request.CpuMilli > machine.Largest.CpuMilli)
        {
            return new ApplianceException(
                ErrorKind.InvalidArgument,
                $"cpu= asks for {Cores(request.CpuMilli)}; this machine has {Cores(machine.Largest.CpuMilli)}. Ask for at most {Number(machine.Largest.CpuMilli)}.");
        }

        return request.MemoryMiB <= machine.MemoryMiB ? null : new ApplianceException(
            ErrorKind.InvalidArgument,
            $"memory= asks for {request.MemoryMiB} MiB; this machine has {machine.MemoryMiB} MiB for containers. Ask for at most that, or let the operator raise 'container-memory'.");
    }

    /// <summary>Null when so many tasks could once be there together, each with as much.</summary>
    public static ApplianceException? JudgeTogether(ResourceRequest each, int count, MachineCapacity machine)
    {
        ResourceRequest all = each.Times(count);
        return all.FitsIn(machine.Total) ? null : new ApplianceException(
            ErrorKind.InvalidArgument,
            $"A cluster of {count} containers runs all of them at once and asks for {Cores(all.CpuMilli)} and {all.MemoryMiB} MiB of memory; this machine promises {Cores(machine.Total.CpuMilli)} and {machine.MemoryMiB} MiB to containers in all. Ask for a smaller cluster, or less cpu= and memory=.");
    }

    /// <param name="request">What is waited for.</param>
    /// <param name="machine">What there is.</param>
    /// <param name="used">What others have of it.</param>
    /// <param name="isNext">Whether nobody is before it.</param>
    /// <param name="waiting">How many wait, this one included.</param>
    public static string ExplainWait(ResourceRequest request, MachineCapacity machine, ResourceRequest used, bool isNext, int waiting)
    {
        string others = isNext ? "It is next." : $"Others are before it; {waiting} wait.";
        return $"It waits for {Cores(request.CpuMilli)} and {request.MemoryMiB} MiB of memory until others end: "
            + $"{Cores(used.CpuMilli)} of {Number(machine.Total.CpuMilli)} and {used.MemoryMiB} MiB of {machine.MemoryMiB} are promised. {others}";
    }

    private static string Cores(long milli) => milli == 1000 ? "1 core" : $"{Number(milli)} cores";

    private static string Number(long milli) => (milli / 1000m).ToString("0.###", CultureInfo.InvariantCulture);
}
