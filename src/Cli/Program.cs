Console.WriteLine("appliance");
