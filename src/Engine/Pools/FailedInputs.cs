using Appliance.Engine.Functions;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata.Calls;
using Appliance.Metadata.Sandboxes;
using Appliance.Scheduling.Pools;

namespace Appliance.Engine.Pools;

/// <summary>What becomes of inputs that took too long, or whose container ended: another attempt or a result. For one thread at a time.</summary>
internal sealed class FailedInputs(PoolInputs inputs, PoolContainers containers, IPoolHost host)
{
    private const int LossesMax = 8;

    /// <summary>When an input that failed is to be begun anew; null when it is not.</summary>
    public static TimeSpan? RetryAfter(FunctionDefinition function, PoolInput input) => input.IsDirect ? null : function.Retry.DelayAfter(input.Attempt);

    public void TimeOut(FunctionDefinition function, PoolInput input, DateTimeOffset now)
    {
        containers.AskToGiveUp(input, now);
        if (!inputs.IsWanted(input))
        {
            return;
        }

        if (RetryAfter(function, input) is { } delay)
        {
            // The container keeps the old one until it gives it up or is killed: only then may the next begin, or one container
            // would be asked to give up what it was just given.
            var again = new PoolInput(input.Id, input.Call, input.Method, input.IsSpawned) { Attempt = input.Attempt + 1, Losses = input.Losses };
            inputs.Replace(again);
            containers.Find(input.Task!.Value)!.Next[input.Id] = (again, now + delay);
            host.NoteAgain(again, now + delay);
            return;
        }

        inputs.End(input.Id);
        host.End([input], InputStatus.Timeout, $"Task's current input hit its timeout of {function.TimeoutSeconds}s");
    }

    public void Lose(FunctionDefinition function, PoolInput input, PoolContainer container, SandboxResult result, DateTimeOffset now)
    {
        input.Task = null;
        bool isOwnFault = result.Ending is SandboxEnding.Failure or SandboxEnding.OutOfMemory or SandboxEnding.Success && !container.IsStopping;
        if (!isOwnFault && !input.IsDirect && ++input.Losses <= LossesMax)
        {
            inputs.WaitFirst(input);
            host.NoteAgain(input, now);
        }
        else if (isOwnFault && RetryAfter(function, input) is { } delay)
        {
            input.Attempt++;
            inputs.WaitUntil(input, now + delay);
            host.NoteAgain(input, now + delay);
        }
        else
        {
            inputs.End(input.Id);
            host.End([input], isOwnFault ? InputStatus.Failure : InputStatus.InternalFailure, StartFailures.ExplainLoss(function.Name, result));
        }
    }
}
