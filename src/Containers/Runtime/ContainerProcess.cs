using Appliance.Containers.Shims;
using Appliance.Containers.Specs;
using Appliance.Containers.Streams;
using Appliance.Containers.Ttrpc;
using Appliance.Native.Pipes;

namespace Appliance.Containers.Runtime;

/// <summary>A process of a container, from its start to its last byte of output; also after it has ended.</summary>
public sealed class ContainerProcess : IAsyncDisposable
{
    /// <summary>How long output may stay silent, once the process is gone, while children of it hold it open.</summary>
    private static readonly TimeSpan SilenceAfterExit = TimeSpan.FromMilliseconds(500);

    private const string Nowhere = "/dev/null";

    private readonly TaskCompletionSource<ProcessExit> exited = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stop = new();
    private readonly ProcessFiles files;
    private readonly ShimClient? shim;
    private readonly InputPipe? input;
    private Task? pump;
    private Task limits = Task.CompletedTask;

    /// <param name="id">Empty for the container's first process.</param>
    /// <param name="files">Where its streams are.</param>
    /// <param name="shim">Who runs it; null for a process that has ended.</param>
    internal ContainerProcess(string id, ProcessFiles files, ShimClient? shim)
    {
        Id = id;
        this.files = files;
        this.shim = shim;
        if (shim is not null && File.Exists(files.Input))
        {
            input = InputPipe.Open(files.Input, files.InputProgress, CloseInputAsync);
        }
    }

    public string Id { get; }

    /// <summary>Ends when the process does.</summary>
    public Task<ProcessExit> Exited => exited.Task;

    /// <summary>Ends when nothing will be added to the output any more.</summary>
    public Task OutputEnded => outputEnded.Task;

    public string OutputPath => files.Output;

    /// <summary>Empty for ever where the process has a terminal.</summary>
    public string ErrorPath => files.Error;

    /// <summary>Null where the process has none.</summary>
    public InputPipe? Input => input;

    public bool IsTerminal => File.Exists(files.TerminalOutput);

    /// <summary>Makes the files and pipes that the shim will open.</summary>
    internal static ShimStreams Prepare(ProcessFiles files, ProcessSpec spec)
    {
        Directory.CreateDirectory(files.Root);
        File.WriteAllBytes(files.Output, []);
        File.WriteAllBytes(files.Error, []);
        if (spec.HasInput)
        {
            NamedPipe.Create(files.Input);
        }

        if (spec.Terminal is not null)
        {
            NamedPipe.Create(files.TerminalOutput);
        }

        bool isTerminal = spec.Terminal is not null;
        return new ShimStreams(
            spec.HasInput ? files.Input : null,
            isTerminal ? files.TerminalOutput : spec.DiscardsOutput ? Nowhere : files.Output,
            isTerminal ? null : spec.DiscardsError ? Nowhere : files.Error,
            isTerminal);
    }

    /// <summary>A process that ended earlier, as its files tell.</summary>
    public static ContainerProcess Ended(string id, ProcessFiles files, ProcessExit exit)
    {
        var process = new ContainerProcess(id, files, shim: null);
        process.exited.SetResult(exit);
        process.outputEnded.SetResult();
        return process;
    }

    /// <summary>Begins to look after the output; before the process starts.</summary>
    internal void BeginOutput()
    {
        limits = Task.WhenAll(
            OutputLimiter.RunAsync(files.Output, files.KeptOutput, OutputEnded, stop.Token),
            OutputLimiter.RunAsync(files.Error, files.KeptOutput, OutputEnded, stop.Token));
        if (IsTerminal)
        {
            pump = TerminalPump.RunAsync(files.TerminalOutput, files.Output, stop.Token);
        }
    }

    private async Task CloseInputAsync()
    {
        try
        {
            await shim!.CloseInputAsync(Id, CancellationToken.None);
        }
        catch (TtrpcException gone) when (gone.MeansGone)
        {
            // The process has ended: its input is closed anyway.
        }
    }

    /// <summary>Follows a started process to its end.</summary>
    /// <param name="explain">Looks at the container before anything of the process is removed.</param>
    internal async Task SuperviseAsync(Func<int, ProcessExit> explain)
    {
        ProcessExit exit;
        try
        {
            exit = explain(await shim!.WaitAsync(Id, CancellationToken.None));
        }
        catch (TtrpcException) when (stop.IsCancellationRequested)
        {
            // Nobody looks after it any more, but it goes on.
            return;
        }
        catch (TtrpcException lost)
        {
            exit = new ProcessExit(ProcessExit.KilledStatus, Fault: $"The container's supervisor is gone: {lost.Message}");
        }

        await EndAsync(exit);
    }

    /// <summary>The process never ran.</summary>
    internal Task FailAsync(ProcessExit exit)
    {
        if (exit.Fault is { } fault)
        {
            File.AppendAllText(files.Error, fault + "\n");
        }

        return EndAsync(exit);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        if (pump is not null)
        {
            await pump;
        }

        await limits;
        if (input is not null)
        {
            await input.DisposeAsync();
        }

        stop.Dispose();
    }

    private async Task EndAsync(ProcessExit exit)
    {
        exit.Save(files.Exit);
        exited.TrySetResult(exit);
        await DrainAsync();
        await stop.CancelAsync();
        if (pump is not null)
        {
            await pump;
        }

        await limits;
        OutputLimiter.TryTrim(files.Output, files.KeptOutput);
        OutputLimiter.TryTrim(files.Error, files.KeptOutput);
        outputEnded.TrySetResult();
    }

    /// <summary>The shim forgets the process once it has copied all output, or waits for children that hold it.</summary>
    private async Task DrainAsync()
    {
        Task forgotten = shim!.DeleteAsync(Id, CancellationToken.None);
        long written = -1;
        while (!forgotten.IsCompleted)
        {
            long now = new FileInfo(files.Output).Length + new FileInfo(files.Error).Length;
            if (now == written)
            {
                break;
            }

            written = now;
            await Task.WhenAny(forgotten, Task.Delay(SilenceAfterExit));
        }

        _ = forgotten.ContinueWith(each => each.Exception, TaskContinuationOptions.OnlyOnFaulted);
    }
}
