using Appliance.Containers.Runtime;
using Appliance.Containers.Specs;
using Appliance.Core.Errors;
using Appliance.Core.Ids;
using Appliance.Engine.Sandboxes;

namespace Appliance.Engine.Commands;

/// <summary>Runs commands in running containers.</summary>
public sealed class ExecDesk(TaskProcesses processes, SandboxEnvironment environment, TimeProvider clock)
{
    private const int ArgumentBytesMax = 64 * 1024;

    /// <summary>Starts a command. A second call with the same id starts nothing.</summary>
    /// <exception cref="ApplianceException">NotFound: the task, a secret. InvalidArgument: the command.</exception>
    public async Task<ContainerProcess> StartAsync(TaskId task, string execId, ExecRequest request, CancellationToken cancellation)
    {
        ExecIds.Check(execId);
        if (request.Arguments.Count == 0 || request.Arguments.Sum(argument => argument.Length) >= ArgumentBytesMax)
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"A command has at least one word and less than {ArgumentBytesMax} bytes.");
        }

        if (request.WorkingDirectory is { } directory && !directory.StartsWith('/'))
        {
            throw new ApplianceException(ErrorKind.InvalidArgument, $"A command's working directory must be absolute; '{directory}' is not.");
        }

        Container container = await processes.GetContainerAsync(task, request.ContainerId, cancellation);
        LiveSandbox sandbox = processes.GetLive(task);
        ProcessSpec spec = await DescribeAsync(container, sandbox, request, cancellation);
        sandbox.ChangeUses(1, clock.GetUtcNow());
        try
        {
            ContainerProcess process = await container.StartExecAsync(execId, spec, request.TimeLimit);
            _ = process.Exited.ContinueWith(_ => sandbox.ChangeUses(-1, clock.GetUtcNow()), TaskScheduler.Default);
            return process;
        }
        catch
        {
            sandbox.ChangeUses(-1, clock.GetUtcNow());
            throw;
        }
    }

    private async Task<ProcessSpec> DescribeAsync(
        Container container, LiveSandbox sandbox, ExecRequest request, CancellationToken cancellation)
    {
        Dictionary<string, string> variables = [];
        foreach (string assignment in container.Process.Environment)
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            variables[assignment[..equals]] = assignment[(equals + 1)..];
        }

        foreach (VariableSource source in request.Variables)
        {
            IEnumerable<KeyValuePair<string, string>> values = source.SecretId is { } id
                ? await environment.ReadSecretsAsync(sandbox.Owner, [id], cancellation)
                : source.Values!;
            foreach ((string name, string value) in values)
            {
                variables[name] = value;
            }
        }

        return container.Process with
        {
            Arguments = request.Arguments,
            Environment = [.. variables.Select(each => $"{each.Key}={each.Value}")],
            WorkingDirectory = request.WorkingDirectory ?? container.Process.WorkingDirectory,
            Terminal = request.Terminal,
            HasInput = true,
            DiscardsOutput = request.DiscardsOutput,
            DiscardsError = request.DiscardsError,
        };
    }
}

/// <summary>A command to run.</summary>
public sealed record ExecRequest
{
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Empty for the task's main container.</summary>
    public string ContainerId { get; init; } = "";

    /// <summary>In order, after those of the container; of two with one name the later counts.</summary>
    public IReadOnlyList<VariableSource> Variables { get; init; } = [];

    /// <summary>Absolute; null for the container's own.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The command is killed when it runs longer; null for no limit.</summary>
    public TimeSpan? TimeLimit { get; init; }

    public TerminalSize? Terminal { get; init; }

    public bool DiscardsOutput { get; init; }

    public bool DiscardsError { get; init; }
}
