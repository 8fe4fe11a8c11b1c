using System.Reflection;
using Appliance.Gateways.Modal;
using Appliance.Protos.Modal;
using Appliance.Tests.Tidy;

namespace Appliance.Tests.Wire;

/// <summary>src/Gateways/Modal/Coverage.md says of every method of the Modal protocol whether it is built; this keeps it true.</summary>
public sealed class CoverageTests
{
    private const string Built = "built";

    [Fact]
    public void Coverage_ComparedWithTheCode_SaysOfEachMethodWhetherItIsBuilt()
    {
        string[] overridden = [.. typeof(ModalService).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(ModalClient.ModalClientBase)))
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Where(method => method.IsVirtual)
            .Select(method => method.Name)];
        string[] all = [.. ApiReflection.Descriptor.Services.Single(service => service.Name == "ModalClient").Methods.Select(method => method.Name)];

        Dictionary<string, string> stated = Rows();

        Assert.Equal(all.Order(), stated.Keys.Order());
        Assert.Equal(overridden.Intersect(all).Order(), stated.Where(row => row.Value == Built).Select(row => row.Key).Order());
        Assert.DoesNotContain(stated, row => row.Value.Length == 0);
    }

    private static Dictionary<string, string> Rows() => File.ReadAllLines(Path.Combine(SourceTree.FindRoot(), "src/Gateways/Modal/Coverage.md"))
        .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
        .Where(cells => cells.Length > 3 && cells[1].Length > 0 && char.IsAsciiLetterUpper(cells[1][0]) && cells[1] != "METHOD")
        .ToDictionary(cells => cells[1], cells => cells[2]);
}
