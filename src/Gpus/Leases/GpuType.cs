namespace Appliance.Gpus.Leases;

/// <summary>A model of GPU as clients name it: "H100", "A100-80GB", "L40S", "ANY". Upper and lower case are the same.</summary>
public sealed class GpuType
{
    public const string AnyName = "ANY";

    private const char Exactly = '!';
    private const char OrNewer = '+';

    /// <summary>What clients may name whatever a machine has, so that asking for it is no mistake in writing.</summary>
    private static readonly string[] Known =
        ["T4", "L4", "A10", "A10G", "A100", "A100-40GB", "A100-80GB", "L40S", "H100", "H200", "B200", "B300", "RTX-PRO-6000"];

    private readonly string[] words;
    private readonly string[] better;

    private GpuType(string name)
    {
        Name = name;
        words = WordsOf(name.TrimEnd(Exactly, OrNewer));
        better = name switch
        {
            "H100" or "H100+" => ["H200"],
            "B200+" => ["B300"],
            "A10" => ["A10G"],
            "A10G" => ["A10"],
            _ => [],
        };
    }

    /// <summary>In upper case.</summary>
    public string Name { get; }

    public bool IsAny => Name == AnyName;

    /// <summary>Whether some machine has it, as far as is known here.</summary>
    public bool IsKnown => IsAny || Array.Exists(Known, each => each == Name.TrimEnd(Exactly, OrNewer));

    public static GpuType Of(string name) => new(name.Trim().ToUpperInvariant());

    /// <summary>Whether a device of the model is what was asked for.</summary>
    /// <remarks>The maker's names have the type's words among others: "NVIDIA A100-SXM4-80GB" is an A100 and an A100-80GB.</remarks>
    public bool Names(string model) => words.Length > 0 && (IsAny || Array.TrueForAll(words, word => WordsOf(model).Contains(word)));

    /// <summary>Whether a device of the model may stand in for what was asked for: nothing works worse on it.</summary>
    public bool IsServedBy(string model) => Array.Exists(better, other => WordsOf(model).Contains(other));

    /// <summary>What to write to get a device of the model.</summary>
    public static string NameOf(string model)
    {
        string best = "";
        foreach (string name in Known)
        {
            if (name.Length > best.Length && Of(name).Names(model))
            {
                best = name;
            }
        }

        return best.Length > 0 ? best : string.Join('-', WordsOf(model));
    }

    private static string[] WordsOf(string name) =>
        [.. name.ToUpperInvariant().Split([' ', '-', '_', '/'], StringSplitOptions.RemoveEmptyEntries)
            .Where(word => word is not "NVIDIA" and not "TESLA" and not "GEFORCE" and not "QUADRO")];
}
