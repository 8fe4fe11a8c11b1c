using System.Globalization;
using Appliance.Core.Errors;
using Appliance.Images.Dockerfiles;

namespace Appliance.Images.Building;

/// <summary>The stages of a Dockerfile that the last one needs, in their order.</summary>
/// <param name="Stages">The last one is the image.</param>
/// <param name="Arguments">Those that were declared before the first stage, for FROM.</param>
internal sealed record BuildPlan(IReadOnlyList<PlannedStage> Stages, IReadOnlyDictionary<string, string> Arguments)
{
    /// <exception cref="ApplianceException">InvalidArgument: no stage, or something before the first.</exception>
    public static BuildPlan Of(Dockerfile file, BuildRequest request)
    {
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        List<PlannedStage> stages = [];
        foreach (Instruction instruction in file.Instructions)
        {
            if (instruction is FromInstruction from)
            {
                stages.Add(PlanStage(from, stages.Count, arguments, file.Escape));
            }
            else if (stages.Count > 0)
            {
                stages[^1].Instructions.Add(instruction);
            }
            else if (instruction is ArgumentsInstruction declared)
            {
                Declare(arguments, declared, request, file.Escape);
            }
            else
            {
                throw DockerfileFault.At(instruction.Line, "FROM comes first.");
            }
        }

        return stages.Count > 0
            ? new BuildPlan(Needed(stages, file.Escape), arguments)
            : throw new ApplianceException(ErrorKind.InvalidArgument, "The Dockerfile has no FROM: an image begins with another, or with 'FROM scratch'.");
    }

    private static void Declare(Dictionary<string, string> arguments, ArgumentsInstruction declared, BuildRequest request, char escape)
    {
        foreach ((string name, string? preset) in declared.Arguments)
        {
            if (request.Arguments.TryGetValue(name, out string? given))
            {
                arguments[name] = given;
            }
            else if (preset is not null)
            {
                arguments[name] = Expand(declared.Line, preset, arguments, escape);
            }
        }
    }

    private static PlannedStage PlanStage(FromInstruction from, int index, Dictionary<string, string> arguments, char escape)
    {
        string image = Expand(from.Line, from.Image, arguments, escape);
        return image.Length > 0
            ? new PlannedStage(from.Name ?? index.ToString(CultureInfo.InvariantCulture), index, from, image)
            : throw DockerfileFault.At(from.Line, $"'{from.Image}' is empty: give the argument a value.");
    }

    private static string Expand(int line, string text, Dictionary<string, string> arguments, char escape)
    {
        try
        {
            return Words.Expand(text, name => arguments.GetValueOrDefault(name), escape);
        }
        catch (FormatException fault)
        {
            throw DockerfileFault.At(line, $"{fault.Message}.");
        }
    }

    private static List<PlannedStage> Needed(List<PlannedStage> stages, char escape)
    {
        HashSet<int> needed = [stages.Count - 1];
        for (int index = stages.Count - 1; index >= 0; index--)
        {
            if (needed.Contains(index))
            {
                needed.UnionWith(References(stages[index], escape)
                    .Select(name => stages.FindIndex(0, index, stage => stage.IsCalled(name))).Where(found => found >= 0));
            }
        }

        return [.. stages.Where(stage => needed.Contains(stage.Index))];
    }

    // Which variables a --from holds is known only while the stage is built.
    private static IEnumerable<string> References(PlannedStage stage, char escape) =>
        stage.Instructions.OfType<CopyInstruction>()
            .Select(copy => copy.Flags.FirstOrDefault(flag => flag.Name == "from")?.Value).OfType<string>()
            .Select(value => value.Trim('"', '\'', escape).ToLowerInvariant())
            .Append(stage.Image.ToLowerInvariant());
}

/// <summary>One stage.</summary>
/// <param name="Key">Its name, or its number where it has none.</param>
/// <param name="Index">Its number.</param>
/// <param name="From">Its first instruction.</param>
/// <param name="Image">What it begins with, variables replaced.</param>
internal sealed record PlannedStage(string Key, int Index, FromInstruction From, string Image)
{
    public List<Instruction> Instructions { get; } = [];

    public bool IsCalled(string name) => Key == name || Index.ToString(CultureInfo.InvariantCulture) == name;
}
