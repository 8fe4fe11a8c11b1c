using System.Diagnostics;
using Appliance.Bench.Objects;
using Appliance.Protos.Modal;

namespace Appliance.Bench.Functions;

/// <summary>One map, as clients do it: one connection brings inputs, another takes results, and so many are open at most.</summary>
internal sealed class MapRun : IDisposable
{
    private const int InputsPerPut = 49;
    private const int OpenMax = 1000;
    private const int ResultsMax = 100;

    private readonly LeanConnection inward;
    private readonly LeanConnection outward;
    private readonly string function;
    private readonly string call;
    private readonly SemaphoreSlim room = new(OpenMax);

    public MapRun(ServedAppliance server, string function)
    {
        inward = FunctionTarget.Connect(server);
        outward = FunctionTarget.Connect(server);
        this.function = function;
        call = FunctionMapResponse.Parser.ParseFrom(FunctionTarget.Call(
            inward, "FunctionMap", new FunctionMapRequest { FunctionId = function, FunctionCallType = FunctionCallType.Map })).FunctionCallId;
    }

    /// <summary>Which containers did something.</summary>
    public HashSet<string> Tasks { get; } = [];

    /// <summary>Inputs a second, from the first that was sent to the last that came back.</summary>
    public double Run(int count)
    {
        long start = Stopwatch.GetTimestamp();
        var putting = new Thread(() => Put(count, isLimited: true));
        putting.Start();
        Collect(count);
        putting.Join();
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Inputs a second that are accepted.</summary>
    public double Enqueue(int count)
    {
        long start = Stopwatch.GetTimestamp();
        Put(count, isLimited: false);
        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Waits for all results; answers how many inputs a second were given to containers meanwhile.</summary>
    public double Dispatch(int count)
    {
        (double first, double last) = Collect(count);
        return count / (last - first);
    }

    public void Dispose()
    {
        inward.Dispose();
        outward.Dispose();
        room.Dispose();
    }

    private void Put(int count, bool isLimited)
    {
        for (int position = 0; position < count;)
        {
            var request = new FunctionPutInputsRequest { FunctionId = function, FunctionCallId = call };
            for (; request.Inputs.Count < InputsPerPut && position < count; position++)
            {
                if (isLimited)
                {
                    room.Wait();
                }

                request.Inputs.Add(FunctionTarget.Item(position));
            }

            FunctionTarget.Call(inward, "FunctionPutInputs", request);
        }
    }

    private (double First, double Last) Collect(int count)
    {
        (double first, double last, string cursor) = (double.MaxValue, 0, "0-0");
        for (int left = count; left > 0;)
        {
            var request = new FunctionGetOutputsRequest { FunctionCallId = call, Timeout = 50, LastEntryId = cursor, MaxValues = ResultsMax };
            FunctionGetOutputsResponse found = FunctionGetOutputsResponse.Parser.ParseFrom(FunctionTarget.Call(outward, "FunctionGetOutputs", request));
            cursor = found.LastEntryId;
            left -= found.Outputs.Count;
            foreach (FunctionGetOutputsItem output in found.Outputs)
            {
                FunctionTarget.Check(output);
                Tasks.Add(output.TaskId);
                (first, last) = (Math.Min(first, output.InputStartedAt), Math.Max(last, output.InputStartedAt));
            }

            if (found.Outputs.Count > 0)
            {
                room.Release(found.Outputs.Count);
            }
        }

        return (first, last);
    }
}
