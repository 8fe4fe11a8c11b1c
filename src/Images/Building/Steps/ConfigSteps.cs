using Appliance.Images.Catalog;
using Appliance.Images.Dockerfiles;

namespace Appliance.Images.Building.Steps;

/// <summary>Instructions that change the configuration alone.</summary>
internal static class ConfigSteps
{
    private static readonly IReadOnlyList<string> DefaultShell = ["/bin/sh", "-c"];

    /// <summary>What runs commands that are one text.</summary>
    public static IReadOnlyList<string> ShellOf(ImageConfig config) => config.Run.Shell is { Count: > 0 } shell ? shell : DefaultShell;

    /// <summary>A command as a container runs it.</summary>
    public static IReadOnlyList<string> CommandOf(ImageConfig config, CommandText command) => command.Words ?? [.. ShellOf(config), command.Text];

    /// <summary>Null for an instruction that does more than that.</summary>
    /// <exception cref="FormatException">A quote or brace is not closed.</exception>
    public static BuildStage? Apply(BuildStage stage, Instruction instruction, char escape) => instruction switch
    {
        PairsInstruction pairs => ApplyPairs(stage, pairs, escape),
        CommandInstruction { Kind: CommandKind.Command } command =>
            stage.WithRun(run => run with { Cmd = CommandOf(stage.Config, command.Command) }) with { HasOwnCommand = true },
        CommandInstruction entrypoint => stage.WithRun(run => run with
        {
            Entrypoint = CommandOf(stage.Config, entrypoint.Command), Cmd = stage.HasOwnCommand ? run.Cmd : null,
        }),
        ShellInstruction shell => stage.WithRun(run => run with { Shell = shell.Shell }),
        TextInstruction { Kind: TextKind.User } user => stage.WithRun(run => run with { User = Words.Expand(user.Value, stage.LookUp, escape) }),
        TextInstruction { Kind: TextKind.StopSignal } signal => stage.WithRun(run => run with { StopSignal = Words.Expand(signal.Value, stage.LookUp, escape) }),
        TextInstruction { Kind: TextKind.Maintainer } author => stage with { Config = stage.Config with { Author = author.Value } },
        WordsInstruction words => ApplyWords(stage, words, escape),
        OnBuildInstruction trigger => stage.WithRun(run => run with { OnBuild = [.. run.OnBuild ?? [], trigger.Text] }),
        IgnoredInstruction => stage,
        _ => null,
    };

    private static BuildStage ApplyPairs(BuildStage stage, PairsInstruction pairs, char escape)
    {
        // All of one instruction see the values from before it.
        (string Key, string Value)[] expanded =
            [.. pairs.Pairs.Select(pair => (Words.Expand(pair.Key, stage.LookUp, escape), Words.Expand(pair.Value, stage.LookUp, escape)))];
        return stage.WithRun(run => pairs.Kind == PairsKind.Environment
            ? run with { Env = expanded.Aggregate(run.Env, (list, pair) => EnvironmentList.Set(list, pair.Key, pair.Value)) }
            : run with { Labels = Merge(run.Labels, expanded.Select(pair => KeyValuePair.Create(pair.Key, pair.Value))) });
    }

    private static BuildStage ApplyWords(BuildStage stage, WordsInstruction words, char escape)
    {
        IEnumerable<string> values = words.Values.SelectMany(word => words.IsList
            ? [Words.ExpandText(word, stage.LookUp, escape)]
            : Words.Split(Words.Expand(word, stage.LookUp, escape), _ => null, escape));
        return stage.WithRun(run => words.Kind == WordsKind.Ports
            ? run with { ExposedPorts = Merge(run.ExposedPorts, values.Select(port => KeyValuePair.Create(port.Contains('/') ? port : port + "/tcp", new EmptyObject()))) }
            : run with { Volumes = Merge(run.Volumes, values.Select(path => KeyValuePair.Create(path, new EmptyObject()))) });
    }

    private static Dictionary<string, T> Merge<T>(IReadOnlyDictionary<string, T>? present, IEnumerable<KeyValuePair<string, T>> added)
    {
        var merged = present is null ? [] : new Dictionary<string, T>(present);
        foreach ((string key, T value) in added)
        {
            merged[key] = value;
        }

        return merged;
    }
}
