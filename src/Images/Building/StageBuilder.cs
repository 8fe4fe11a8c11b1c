using Appliance.Core.Errors;
using Appliance.Images.Building.Copying;
using Appliance.Images.Building.Steps;
using Appliance.Images.Catalog;
using Appliance.Images.Dockerfiles;
using Appliance.Images.Transfers.Formats;

namespace Appliance.Images.Building;

/// <summary>Builds one stage, instruction by instruction.</summary>
internal sealed class StageBuilder(BuildWork work, BuildPlan plan, IReadOnlyDictionary<string, BuildStage> stages)
{
    private const string Scratch = "scratch";

    /// <exception cref="ApplianceException">Why it failed, with the instruction at fault.</exception>
    public async Task<BuildStage> BuildAsync(PlannedStage planned, CancellationToken cancellation)
    {
        await work.Report($"=> FROM {planned.Image}\n").ConfigureAwait(false);
        BuildStage stage = await BeginAsync(planned.Image, cancellation).ConfigureAwait(false);
        IReadOnlyList<string> triggers = stage.Config.Run.OnBuild ?? [];
        stage = stage.WithRun(run => run with { OnBuild = null });
        foreach (Instruction instruction in (IEnumerable<Instruction>)[.. triggers.SelectMany(DockerfileParser.ParseTrigger), .. planned.Instructions])
        {
            cancellation.ThrowIfCancellationRequested();
            await work.Report($"=> {instruction.Source}\n").ConfigureAwait(false);
            stage = await ApplyAsync(stage, instruction, cancellation).ConfigureAwait(false);
        }

        return stage;
    }

    private async Task<BuildStage> BeginAsync(string name, CancellationToken cancellation)
    {
        if (FindStage(name) is { } earlier)
        {
            return earlier with { Arguments = new Dictionary<string, string>(), HasOwnCommand = false };
        }

        if (name == Scratch && !work.Request.Bases.ContainsKey(Scratch))
        {
            return new BuildStage(new ImageConfig { Architecture = Platforms.Architecture }, []);
        }

        var pulling = new BasePulling(work.Report, name == plan.Stages[0].Image ? work.Request.ReadRegistryCredentialAsync : null);
        Image image = await work.Bases.GetAsync(name, work.Request.Bases, pulling, cancellation).ConfigureAwait(false);
        return new BuildStage(image.Config, work.Resources.Hold(image));
    }

    private BuildStage? FindStage(string name) => stages.FirstOrDefault(stage =>
        stage.Key == name.ToLowerInvariant() || plan.Stages.Any(planned => planned.Key == stage.Key && planned.IsCalled(name.ToLowerInvariant()))).Value;

    private async Task<BuildStage> ApplyAsync(BuildStage stage, Instruction instruction, CancellationToken cancellation)
    {
        try
        {
            return ConfigSteps.Apply(stage, instruction, work.Escape) ?? instruction switch
            {
                ArgumentsInstruction arguments => Declare(stage, arguments),
                TextInstruction { Kind: TextKind.WorkingDirectory } directory => await EnterAsync(stage, directory, cancellation).ConfigureAwait(false),
                CopyInstruction copy => await CopyAsync(stage, copy, cancellation).ConfigureAwait(false),
                RunInstruction run => await new RunStage(work).RunAsync(stage, run, cancellation).ConfigureAwait(false),
                _ => throw DockerfileFault.At(instruction.Line, $"'{instruction.Source}' does not belong here."),
            };
        }
        catch (FormatException fault)
        {
            throw DockerfileFault.At(instruction.Line, $"{instruction.Source}: {fault.Message}.");
        }
        catch (IOException fault)
        {
            throw new ApplianceException(ErrorKind.FailedPrecondition, $"Dockerfile, line {instruction.Line}: {instruction.Source}: {fault.Message}.", fault);
        }
    }

    private BuildStage Declare(BuildStage stage, ArgumentsInstruction declared)
    {
        var arguments = new Dictionary<string, string>(stage.Arguments, StringComparer.Ordinal);
        foreach ((string name, string? preset) in declared.Arguments)
        {
            string? value = work.Request.Arguments.GetValueOrDefault(name)
                ?? (preset is null ? plan.Arguments.GetValueOrDefault(name) : Words.Expand(preset, stage.LookUp, work.Escape));
            if (value is not null)
            {
                arguments[name] = value;
                stage = stage with { Arguments = arguments };
            }
        }

        return stage;
    }

    private async Task<BuildStage> EnterAsync(BuildStage stage, TextInstruction instruction, CancellationToken cancellation)
    {
        string wanted = Words.Expand(instruction.Value, stage.LookUp, work.Escape);
        string path = Path.GetFullPath(Path.Combine(WorkingDirectoryOf(stage), wanted), "/");
        return await ChangeAsync(
            stage.WithRun(run => run with { WorkingDir = path }),
            instruction.Source,
            root =>
            {
                root.EnsureDirectory(path).Dispose();
                return Task.CompletedTask;
            },
            cancellation).ConfigureAwait(false);
    }

    private Task<BuildStage> CopyAsync(BuildStage stage, CopyInstruction copy, CancellationToken cancellation) => ChangeAsync(
        stage,
        copy.Source,
        async root =>
        {
            using ICopyTree source = await OpenSourceAsync(stage, copy, cancellation).ConfigureAwait(false);
            var step = new CopyStep(root, WorkingDirectoryOf(stage), stage.LookUp, work.Escape, work.Layers.NewRoom().Added);
            await step.RunAsync(copy, source, cancellation).ConfigureAwait(false);
        },
        cancellation);

    private async Task<ICopyTree> OpenSourceAsync(BuildStage stage, CopyInstruction copy, CancellationToken cancellation)
    {
        if (copy.Sources.FirstOrDefault(source => source.Contains("://", StringComparison.Ordinal)) is { } address)
        {
            throw new FormatException($"'{address}' is not fetched by builds here: fetch it with RUN, or send the file along");
        }

        if (copy.Flags.FirstOrDefault(flag => flag.Name == "from")?.Value is not { } from)
        {
            return work.Request.Context.Open();
        }

        BuildStage source = await BeginAsync(Words.Expand(from, stage.LookUp, work.Escape), cancellation).ConfigureAwait(false);
        LayerScratch scratch = LayerScratch.Open(work.Files.Scratch, source.LowerDirectories(work.Files.Empty));
        return new ImageTree(scratch.Root, scratch);
    }

    private async Task<BuildStage> ChangeAsync(BuildStage stage, string source, Func<ImageRoot, Task> change, CancellationToken cancellation)
    {
        using LayerScratch scratch = LayerScratch.Open(work.Files.Scratch, stage.LowerDirectories(work.Files.Empty));
        await change(new ImageRoot(scratch.Root)).ConfigureAwait(false);
        Layers.LayerHold? layer = await scratch.FinishAsync(work.Layers, cancellation).ConfigureAwait(false);
        return stage.WithLayer(layer is null ? null : work.Resources.Keep(layer), source);
    }

    private static string WorkingDirectoryOf(BuildStage stage) => stage.Config.Run.WorkingDir is { Length: > 0 } directory ? directory : "/";
}
