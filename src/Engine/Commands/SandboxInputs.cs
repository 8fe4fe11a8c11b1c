using System.Collections.Concurrent;
using Appliance.Containers.Runtime;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;
using Appliance.Metadata.Sandboxes;

namespace Appliance.Engine.Commands;

/// <summary>The standard input of sandboxes, by offset or by number of message.</summary>
public sealed class SandboxInputs(TaskProcesses processes, TimeProvider clock)
{
    private readonly ConcurrentDictionary<TaskId, NumberedInput> numbered = new();

    /// <summary>Writes at an offset; what was taken already is skipped.</summary>
    /// <exception cref="ApplianceException">NotFound: the task. FailedPrecondition: a gap, a closed input, an ended process.</exception>
    public async Task WriteAsync(TaskId task, long offset, ReadOnlyMemory<byte> bytes, bool isEnd, CancellationToken cancellation)
    {
        Container container = await GetAsync(task, cancellation);
        if (container.Main.Input is not { } input)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, "A sandbox without a command of its own reads no input.");
        }

        processes.GetLive(task).Touch(clock.GetUtcNow());
        await input.WriteAsync(offset, bytes, isEnd, container.Main.Exited, cancellation);
    }

    /// <summary>Writes the message of a number; numbers begin with 1, and one that comes again is dropped.</summary>
    /// <exception cref="ApplianceException">FailedPrecondition: the sandbox has ended, the input is closed, a number is missing.</exception>
    public async Task WriteNumberedAsync(
        SandboxRecord sandbox, uint index, ReadOnlyMemory<byte> bytes, bool isEnd, CancellationToken cancellation)
    {
        if (sandbox.EndedAt is not null)
        {
            throw SandboxErrors.Ended(sandbox.Id);
        }

        NumberedInput state = numbered.GetOrAdd(sandbox.TaskId, _ => new NumberedInput());
        await state.Turn.WaitAsync(cancellation);
        try
        {
            if (index <= state.LastIndex)
            {
                return;
            }

            Container container = await GetAsync(sandbox.TaskId, cancellation);
            await WriteAsync(sandbox.TaskId, container.Main.Input?.Taken ?? 0, bytes, isEnd, cancellation);
            state.LastIndex = index;
        }
        finally
        {
            state.Turn.Release();
        }
    }

    private async Task<Container> GetAsync(TaskId task, CancellationToken cancellation)
    {
        try
        {
            return await processes.GetContainerAsync(task, cancellation);
        }
        catch (ApplianceException missing) when (missing.Kind == ErrorKind.NotFound)
        {
            numbered.TryRemove(task, out _);
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"{missing.Message} Nobody reads its input.", missing);
        }
    }

    private sealed class NumberedInput
    {
        public SemaphoreSlim Turn { get; } = new(1);

        public uint LastIndex { get; set; }
    }
}
