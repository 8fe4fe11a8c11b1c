using System.Text;
using Appliance.Core.Digests;

namespace Appliance.Images.Layers;

/// <summary>Names a stack of layers by one digest.</summary>
internal static class LayerChain
{
    /// <param name="names">Base first.</param>
    public static Digest Of(IReadOnlyList<string> names) => Digest.Of(Encoding.UTF8.GetBytes(string.Join('\n', names)));
}
