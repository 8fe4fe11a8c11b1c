using System.Globalization;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Images;

/// <summary>The GPUs that a client asks for, as one text: "H100:2"; empty for none.</summary>
internal static class GpuText
{
    public static string Of(GPUConfig? gpu)
    {
        string type = TypeOf(gpu);
        return type.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{type}:{Math.Max(1, gpu!.Count)}");
    }

    /// <summary>In upper case; empty for none. Old clients send a number for it.</summary>
    public static string TypeOf(GPUConfig? gpu) => gpu switch
    {
        null => "",
        { GpuType.Length: > 0 } => gpu.GpuType.ToUpperInvariant(),
        { Count: > 0, Type: GPUType.A10080Gb } => "A100-80GB",
        { Count: > 0 } => gpu.Type.ToString().ToUpperInvariant(),
        _ => "",
    };
}
