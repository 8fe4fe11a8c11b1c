using System.Text;
using Appliance.Containers.Runtime;
using Appliance.Core.Digests;
using Appliance.Engine.Functions;
using Appliance.Engine.Sandboxes;

namespace Appliance.Engine.Snapshots.Functions;

/// <summary>
/// What a memory snapshot of a function is valid for: everything its process has seen by then. The function's and its
/// definition's id stand in front, so that the snapshot can be told to be of no use when these change.
/// </summary>
internal static class FunctionSnapshotKey
{
    private const int DigestLetters = 32;

    private static readonly string[] CpuFacts = ["model name", "flags", "Features"];

    private static readonly Lazy<string> Cpu = new(ReadCpu);

    /// <summary>Function, definition and a digest, with dots between them; may be part of a file name.</summary>
    /// <param name="container">Which is to start.</param>
    /// <param name="told">What its program is told, but for what differs from container to container.</param>
    /// <param name="variables">Its environment, values of secrets included.</param>
    /// <param name="machine">What runs it: gVisor, and the programs that every container finds.</param>
    public static string Of(LiveSandbox container, byte[] told, IEnumerable<string> variables, string machine)
    {
        SandboxDefinition definition = container.Definition;
        var text = new StringBuilder(Digest.Of(told).ToString());
        text.Append('\n').Append(definition.ImageId).Append('\n').AppendJoin(' ', definition.MountIds);
        text.Append('\n').Append(definition.Network.Kind).Append('\n').Append(machine).Append('\n').Append(Cpu.Value);
        foreach (string variable in variables)
        {
            if (!FunctionOutfit.IsOfOneContainer(variable))
            {
                text.Append('\0').Append(variable);
            }
        }

        string digest = Digest.Of(Encoding.UTF8.GetBytes(text.ToString())).ToString();
        return $"{definition.Function!.Id}.{definition.Function.DefinitionId}.{digest[..DigestLetters]}";
    }

    /// <summary>A program may have chosen its instructions by what the processor can do.</summary>
    private static string ReadCpu() =>
        string.Join('\n', File.ReadLines("/proc/cpuinfo").TakeWhile(line => line.Length > 0).Where(line => Array.Exists(CpuFacts, line.StartsWith)));
}
